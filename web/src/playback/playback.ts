/** Play the legs of one call together: one clock, led by the sound that is playing. */
import { type MaybeRefOrGetter, computed, onScopeDispose, ref, shallowRef, toValue, watch } from "vue";

import { type Track, legTime, lengthOf, tracksOf } from "@/playback/schedule";
import type { CallLeg, Leg } from "@/wire";

const TICK_MS = 50;
/** Two legs further apart than this are heard as an echo. */
const APART_MS = 60;

export interface Voice {
  track: Track;
  audio: HTMLAudioElement;
}

export type Playback = ReturnType<typeof usePlayback>;

export function usePlayback(legs: MaybeRefOrGetter<CallLeg[]>) {
  const tracks = computed(() => tracksOf(toValue(legs)));
  const voices = shallowRef<Voice[]>([]);
  const isPlaying = ref(false);
  const at_ms = ref(0);
  const rate = ref(1);
  const muted = ref<Leg[]>([]);
  let ticking: ReturnType<typeof setInterval> | undefined;
  let ticked_at = 0;

  watch(
    () => tracks.value.map((t) => `${t.url} ${t.joined_at_ms} ${t.duration_ms}`).join("|"),
    () => {
      silence();
      voices.value = tracks.value.map((track) => ({ track, audio: anAudio() }));
    },
    { immediate: true },
  );

  function play(from_ms = at_ms.value): void {
    if (!voices.value.length) return;
    at_ms.value = from_ms >= lengthOf(tracks.value) ? 0 : Math.max(0, from_ms);
    for (const { audio } of voices.value) audio.pause();
    isPlaying.value = true;
    ticked_at = performance.now();
    ticking ??= setInterval(tick, TICK_MS);
    tick();
  }

  function pause(): void {
    isPlaying.value = false;
    clearInterval(ticking);
    ticking = undefined;
    for (const { audio } of voices.value) audio.pause();
  }

  function tick(): void {
    const now = performance.now();
    at_ms.value = toldByLeader() ?? at_ms.value + (isWaiting() ? 0 : (now - ticked_at) * rate.value);
    ticked_at = now;
    if (at_ms.value >= lengthOf(tracks.value)) return finish();
    for (const voice of voices.value) bringInLine(voice);
  }

  /** The first leg that sounds sets the clock, so that it is never cut to fit. */
  function toldByLeader(): number | null {
    const leader = voices.value.find(({ audio }) => !audio.paused && !audio.ended && audio.readyState > 2);
    return leader ? leader.track.joined_at_ms + leader.audio.currentTime * 1000 : null;
  }

  const isWaiting = () =>
    voices.value.some(({ track, audio }) => legTime(track, at_ms.value) !== null && audio.readyState < 3);

  function bringInLine({ track, audio }: Voice): void {
    const local_ms = legTime(track, at_ms.value);
    if (local_ms === null) return audio.pause();
    audio.playbackRate = rate.value;
    audio.muted = muted.value.includes(track.leg);
    if (audio.ended || audio.readyState < 1) return;
    if (Math.abs(audio.currentTime * 1000 - local_ms) > APART_MS) audio.currentTime = local_ms / 1000;
    if (audio.paused) void audio.play().catch(refused);
  }

  /** A browser lets no page sound before it was touched: then we stand at the right moment and wait. */
  function refused(error: DOMException): void {
    if (error.name === "NotAllowedError") pause();
  }

  function finish(): void {
    pause();
    at_ms.value = lengthOf(tracks.value);
  }

  function seek(to_ms: number): void {
    const inside_ms = Math.min(Math.max(0, to_ms), lengthOf(tracks.value));
    if (isPlaying.value) play(inside_ms);
    else at_ms.value = inside_ms;
  }

  function toggleMute(leg: Leg): void {
    muted.value = muted.value.includes(leg) ? muted.value.filter((l) => l !== leg) : [...muted.value, leg];
    for (const { track, audio } of voices.value) audio.muted = muted.value.includes(track.leg);
  }

  function silence(): void {
    pause();
    at_ms.value = 0;
  }

  onScopeDispose(pause);

  return {
    voices,
    isPlaying,
    at_ms,
    rate,
    muted,
    length_ms: computed(() => lengthOf(tracks.value)),
    hasTracks: computed(() => tracks.value.length > 0),
    play,
    pause,
    seek,
    toggleMute,
  };
}

function anAudio(): HTMLAudioElement {
  const audio = new Audio();
  audio.preload = "auto";
  return audio;
}
