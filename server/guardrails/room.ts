/** Which characters of a text something was found in already. Asking costs as much as the piece is long, however much was found. */
export class Room {
  private readonly taken: Uint8Array;

  constructor(length: number) {
    this.taken = new Uint8Array(length);
  }

  /** Takes the characters from `start` to before `end`; false when one of them is taken. */
  take(start: number, end: number): boolean {
    const piece = this.taken.subarray(start, end);
    if (piece.includes(1)) return false;
    piece.fill(1);
    return true;
  }
}
