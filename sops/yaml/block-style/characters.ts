export const SPACE = 0x20;
export const HASH = 0x23;
export const AMPERSAND = 0x26;
export const QUOTE = 0x27;
export const DASH = 0x2d;
export const COLON = 0x3a;
export const LINE_BREAK = 0x0a;
