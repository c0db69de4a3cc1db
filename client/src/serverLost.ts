/** The server stopped before it answered; it may be running again by now. */
export class ServerLost extends Error {
  constructor() {
    super('The server stopped while it was answering');
    this.name = 'ServerLost';
  }
}
