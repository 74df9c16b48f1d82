import { expect, test } from '@playwright/test';
import { expositionFaults } from '../server/telemetry/testing/exposition';

test('metrics count requests by pattern, for whoever asks from this machine', async ({ request }) => {
  const page = await request.get('/sign-in', { headers: { 'x-request-id': 'e2e-observability' } });
  expect(page.headers()['x-request-id']).toBe('e2e-observability');
  await request.get('/api/v1/runs/01a1fae7-7a7c-70a8-939a-8048a3519142');

  await expect(async () => {
    const text = await (await request.get('/api/metrics')).text();
    expect(expositionFaults(text)).toEqual([]);
    expect(text).toMatch(/^muster_http_requests_total\{method="GET",route="\/sign-in",status="200"\} [1-9]/m);
    expect(text).toMatch(
      /^muster_http_requests_total\{method="GET",route="\/api\/v1\/runs\/\[runId\]",status="401"\} [1-9]/m,
    );
    expect(text).toMatch(/^muster_database_up 1$/m);
    expect(text).not.toContain('01a1fae7');
  }).toPass();

  const forwarded = await request.get('/api/metrics', { headers: { 'x-forwarded-for': '127.0.0.1' } });
  expect(forwarded.status()).toBe(404);
});
