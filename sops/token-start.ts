/**
 * How every token begins: cheap to look for in bytes and texts. In a file of its own, since every
 * commit loads it.
 */
export const TOKEN_START = "ENC[AES256_GCM,";
