// Questions to the server beside the live frames, each with a number by which its answer is known.

import { text } from "../shared/base.js";
import { trigger } from "./page.js";

const PATIENCE_MS = 60_000;
const waiting = new Map(); // number -> resolve
let number = 0;

/**
 * @param {string} event of the canvas
 * @param {Object} request its fields
 * @returns {Promise<Object>} the answer
 */
export function ask(event, request) {
  number += 1;
  const answer = new Promise((resolve) => waiting.set(number, resolve));
  trigger(event, { ...request, number });
  return answer;
}

/** {drawing, seed, model} -> the answer: {photo, error, ...}, of which the photo has no loss. */
export function askPhoto(request) {
  const answer = ask("ask", { ...request, final: true });
  const asked = number;
  setTimeout(() => receiveAnswer({ number: asked, photo: null, error: text("no_answer") }), PATIENCE_MS);
  return answer;
}

export function receiveAnswer(answer) {
  waiting.get(answer.number)?.(answer);
  waiting.delete(answer.number);
}

export const isWaiting = () => waiting.size > 0;
