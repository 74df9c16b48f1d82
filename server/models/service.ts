import type {
  CredentialTest,
  ModelChoice,
  ProviderStatus,
  RemoveCredentialInput,
  SaveCredentialInput,
  TestCredentialInput,
} from '@/lib/contracts/models';
import type { OrgContext } from '../context';
import type { ResolvedModel } from './resolved';

export type { ResolvedModel };

/** @throws Invalid */
export function checkModel(_model: string): void {}
export async function resolveModel(_ctx: OrgContext, _model: string): Promise<ResolvedModel> {
  throw new Error('under construction');
}
export async function listModels(_ctx: OrgContext): Promise<ModelChoice[]> {
  return [];
}
export async function listProviders(_ctx: OrgContext): Promise<ProviderStatus[]> {
  return [];
}
export async function saveCredential(_ctx: OrgContext, _input: SaveCredentialInput): Promise<ProviderStatus> {
  throw new Error('under construction');
}
export async function removeCredential(_ctx: OrgContext, _input: RemoveCredentialInput): Promise<ProviderStatus> {
  throw new Error('under construction');
}
export async function testCredential(_ctx: OrgContext, _input: TestCredentialInput): Promise<CredentialTest> {
  throw new Error('under construction');
}
