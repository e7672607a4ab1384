// Bytes as text: the code of each character, 0 to 255, is one byte. V8 stores such text in one byte a
// character. It crosses RPC without an ArrayBuffer, which costs more than a few bytes themselves.

// `fromCharCode` takes a byte as an argument, and more arguments might overflow the stack.
const maxArguments = 4096;

export function octetsOf(bytes: Uint8Array): string {
  if (bytes.length <= maxArguments) return String.fromCharCode.apply(null, bytes as never);
  let text = "";
  for (let at = 0; at < bytes.length; at += maxArguments) {
    text += octetsOf(bytes.subarray(at, at + maxArguments));
  }
  return text;
}

export function writeOctets(bytes: Uint8Array, address: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[address + i] = text.charCodeAt(i);
}
