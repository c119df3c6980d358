/** One server-sent event. */
export interface StreamEvent {
  readonly name: string;
  readonly data: string;
}

/** Cuts text/event-stream into events, however its bytes arrive. Comments are no events. */
export class EventStreamParser {
  private rest = '';

  push(text: string): StreamEvent[] {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      let name = 'message';
      const data: string[] = [];
      for (const line of block.split('\n')) {
        if (line.startsWith('event: ')) name = line.slice('event: '.length);
        else if (line.startsWith('data: ')) data.push(line.slice('data: '.length));
      }
      return data.length === 0 ? [] : [{ name, data: data.join('\n') }];
    });
  }
}
