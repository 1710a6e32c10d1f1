/** Turn samples into what a level meter shows. */

const FLOOR_DB = -60;

/** Loudness of samples in [-1, 1] as 0 (-60 dB and below) to 1 (full scale). */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(samples.length, 1));
  if (rms === 0) return 0;
  return Math.min(1, Math.max(0, 1 - (20 * Math.log10(rms)) / FLOOR_DB));
}

/** Rise at once and fall slowly, as a needle does. */
export const eased = (shown: number, now: number): number => (now > shown ? now : shown + (now - shown) * 0.18);

export interface Meter {
  close(): void;
}

/** Tell `show` the level of a stream about thirty times a second. */
export function meter(stream: MediaStream, show: (level: number) => void): Meter {
  const sounds = new AudioContext();
  const analyser = new AnalyserNode(sounds, { fftSize: 1024 });
  sounds.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    show(levelOf(samples));
  }, 33);
  return {
    close() {
      clearInterval(timer);
      void sounds.close();
    },
  };
}
