import { useEffect, useState } from 'react';

/** Milliseconds without a keystroke after which a text counts as typed. */
const typingPause = 600;

/** The text once nobody has typed for a moment: each half-typed name would be looked up otherwise. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), typingPause);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
