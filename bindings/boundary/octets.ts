// Bytes as text in which each character is one byte (its code, 0 to 255). V8 keeps such text in one byte
// a character, and it crosses RPC without an ArrayBuffer, which is what makes small bytes expensive.

// More arguments at once might not fit onto the stack.
const mostAtOnce = 4096;

export function octetsOf(bytes: Uint8Array): string {
  if (bytes.length <= mostAtOnce) return String.fromCharCode.apply(null, bytes as never);
  let text = "";
  for (let at = 0; at < bytes.length; at += mostAtOnce) {
    text += octetsOf(bytes.subarray(at, at + mostAtOnce));
  }
  return text;
}

export function writeOctets(bytes: Uint8Array, address: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[address + i] = text.charCodeAt(i);
}
