/** Why nothing is to be seen yet of an answer. */
export const HeldBack = () => <span>The answer is shown when the guardrails of the agent have passed it.</span>;
