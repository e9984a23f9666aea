// Answers of the server, each to whoever waits for its topic. What went wrong is said in the page's language.

import { told } from "../shared/sentences.js";

const receivers = new Map();

/**
 * @param {string} topic
 * @param {(answer: Object) => void} receiver of all answers from now on
 */
export const receive = (topic, receiver) => receivers.set(topic, receiver);

/** Starts an invisible component whose values are answers, see tab.py. */
export function start({ props, watch }, { topic }) {
  watch("value", () => {
    const answer = { ...props.value };
    for (const key of ["error", "critic_error"]) if (answer[key]) answer[key] = told(answer[key]);
    receivers.get(topic)?.(answer);
  });
}
