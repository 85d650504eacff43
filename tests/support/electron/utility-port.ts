/** Loaded first by the stand-in's utility process: `process.parentPort`, over the channel of `fork`. */
const parentPort = {
  postMessage: (message: object) => process.send?.(message),
  on: (event: 'message' | 'close', listener: (event?: { readonly data: unknown }) => void) => {
    if (event === 'message') process.on('message', (data) => listener({ data }));
    else process.on('disconnect', () => listener());
  },
};
Object.defineProperty(process, 'parentPort', { value: parentPort });
