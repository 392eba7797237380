/** Thrown where a text is for the yaml package. */
export const NOT_HERE = new Error("not in the block style that is read here");
