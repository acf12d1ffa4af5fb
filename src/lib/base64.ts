/** Bytes that are base64 text in JSON, and not an object with a property for each of them. */
export class Base64Bytes extends Uint8Array {
  toJSON(): string {
    return Buffer.from(this.buffer, this.byteOffset, this.byteLength).toString('base64')
  }
}
