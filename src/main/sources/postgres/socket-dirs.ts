/** Where PostgreSQL's builds put their socket by default: Debian's, Red Hat's, and the one from source. */
export const defaultSocketDirs: readonly string[] = ['/var/run/postgresql', '/run/postgresql', '/tmp'];
