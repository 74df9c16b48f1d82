/** Does work again and again, with a pause between one and the next; never two at once. */
export function every(pauseMs: number, work: () => Promise<void>, onError: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | undefined;
  const start = (): void => {
    timer = setTimeout(() => {
      working = work()
        .catch(onError)
        .finally(() => {
          if (timer) start();
        });
    }, pauseMs);
  };
  return {
    start,
    /** Ends when what is at work has ended. */
    async stop(): Promise<void> {
      clearTimeout(timer);
      timer = undefined;
      await working;
    },
  };
}
