export { budgetExceeded } from './refusal';
export { affordableTokens, type Charge, isInNoBudget, reserve, type Spending, settle } from './statements';
