import { BrowserWindow } from 'electron';

/** Brings the window to the front. */
export function bringToFront(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (window === undefined) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
