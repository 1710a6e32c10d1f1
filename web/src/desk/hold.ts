/** Decide whether new cards may come in: not while the list is in use, unless it was empty. */
export function heldBack(shown: number, there: number, isInUse: boolean): number {
  return isInUse && shown > 0 ? Math.min(shown, there) : there;
}
