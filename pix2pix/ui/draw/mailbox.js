// Answers of the server, each to whoever waits for its topic.

const receivers = new Map();

/**
 * @param {string} topic
 * @param {(answer: Object) => void} receiver of all answers from now on
 */
export const receive = (topic, receiver) => receivers.set(topic, receiver);

/** Starts an invisible component whose values are answers, see tab.py. */
export function start({ props, watch }, { topic }) {
  watch("value", () => receivers.get(topic)?.({ ...props.value }));
}
