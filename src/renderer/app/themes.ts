/** Light, dark, or as the system has it. */
export type Theme = 'system' | 'light' | 'dark';
