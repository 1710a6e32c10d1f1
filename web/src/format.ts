/** Write times, rates and language names the way the reader's language does. */

export function clock(ms: number): string {
  const whole_s = Math.max(0, Math.floor(ms / 1000));
  const mmss = `${pad(Math.floor(whole_s / 60) % 60)}:${pad(whole_s % 60)}`;
  return whole_s < 3600 ? mmss : `${Math.floor(whole_s / 3600)}:${mmss}`;
}

export const seconds = (ms: number) => (ms / 1000).toFixed(1);

export const percent = (value: number) => `${Math.round(value * 100)}%`;

export function languageName(tag: string, locale: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

export function dayAndTime(iso: string, locale: string): string {
  return new Date(iso).toLocaleString(locale, {
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
}

export function timeOfDay(iso: string, locale: string): string {
  return new Date(iso).toLocaleTimeString(locale, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
}

const pad = (n: number) => String(n).padStart(2, "0");
