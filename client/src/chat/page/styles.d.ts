/** Style sheets are imported for the bundler's sake: it gathers them into one file beside the script. */
declare module '*.css';
