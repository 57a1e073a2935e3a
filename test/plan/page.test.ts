import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../charts/plan/model.ts';
import { html } from '../../cli/plan/html.ts';
import { browserPath, startBrowser } from './browser.ts';
import { contrastOf, paintedOf } from './contrast.ts';
import { EXAMPLE, largeExample, NOTHING, planOf } from './page-example.ts';

const MEANT = EXAMPLE.entries.filter(({ verdict }) => verdict !== 'same').length;

describe.skipIf(browserPath === undefined)('the page of a plan, in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-page-'));
  const faults: string[] = [];
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  }, 60_000);

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    // What the policy blocks, and what the script throws.
    expect(faults.splice(0)).toEqual([]);
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(plan: Plan, hash = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    page.on('console', (message) => faults.push(message.text()));
    page.on('pageerror', ({ message }) => faults.push(message));
    page.on('dialog', (dialog) => faults.push(dialog.message()));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) faults.push(request.url());
    });
    const file = join(folder, 'plan.html');
    writeFileSync(file, html(plan));
    await page.goto(`${pathToFileURL(file).href}${hash}`);
    return page;
  }

  const shown = (page: Page): Promise<string[]> => page.locator('details.entry:visible .object').allInnerTexts();
  const result = (page: Page): Promise<string> => page.locator('output').innerText();
  const focused = (page: Page): Promise<string> => page.locator('summary:focus .object').innerText();

  it('narrows down by search, and says so in the address, which another page opens', async () => {
    const page = await open(EXAMPLE);
    expect(await result(page)).toBe(`${MEANT} of ${MEANT}`);
    await page.getByRole('searchbox').fill('slp-drain');
    expect(await shown(page)).toEqual(['PodDisruptionBudget mongo/mongo']);
    expect(await page.locator('h2:visible').allInnerTexts()).toEqual(['mongo wave 0']);
    expect(new URL(page.url()).hash).toBe('#search=slp-drain');
    const other = await open(EXAMPLE, '#search=slp-drain');
    expect(await shown(other)).toEqual(['PodDisruptionBudget mongo/mongo']);
    expect(await other.getByRole('searchbox').inputValue()).toBe('slp-drain');
  });

  it('narrows down by severity, verdict, cluster and Application, and clears all of it', async () => {
    const page = await open(EXAMPLE);
    await page.getByRole('button', { name: /^block/ }).click();
    expect(await shown(page)).toEqual(['StatefulSet mongo/mongo', 'Application argocd/postfacto']);
    expect(await page.getByRole('button', { name: /^block/, pressed: true }).count()).toBe(1);
    await page.getByRole('button', { name: /^refused/ }).click();
    expect(await shown(page)).toEqual(['StatefulSet mongo/mongo']);
    await page.getByRole('combobox', { name: 'cluster' }).selectOption('dev-kind');
    expect(await page.getByText('No change matches.').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('combobox', { name: 'application' }).selectOption('reports');
    expect(await result(page)).toBe(`1 of ${MEANT}`);
  });

  it('shows what has no meaning only when asked', async () => {
    const page = await open(EXAMPLE);
    expect(await page.locator('.noise:visible').count()).toBe(0);
    await page.getByRole('button', { name: 'Noise' }).click();
    expect(await shown(page)).toContain('ClusterRole prometheus');
    expect(await result(page)).toBe(`${MEANT + 1} of ${MEANT + 1}`);
  });

  it('is used by keys', async () => {
    const page = await open(EXAMPLE);
    await page.keyboard.press('j');
    expect(await focused(page)).toBe('Application argocd/velero-definitions');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await focused(page)).toBe('Application argocd/velero-definitions');
    await page.keyboard.press('d');
    expect(await focused(page)).toBe('Namespace kitchen');
    await page.keyboard.press('Enter');
    expect(await page.locator('details.entry[open]').count()).toBe(1);
    await page.waitForURL(/#at=1$/);
    await page.keyboard.press('o');
    expect(await page.locator('details.entry[open]').count()).toBe(0);
    await page.keyboard.press('e');
    expect(await page.locator('details.entry[open]').count()).toBe(MEANT);
    await page.keyboard.press('/');
    await page.keyboard.type('jdos?');
    expect(await page.getByRole('searchbox').inputValue()).toBe('jdos?');
    await page.keyboard.press('Escape');
    expect(await result(page)).toBe(`${MEANT} of ${MEANT}`);
    await page.keyboard.press('j');
    expect(await focused(page)).toBe('Secret mongo/exporter');
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog', { name: 'Keys' }).isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('opens the change of its address, and the focus is there', async () => {
    const page = await open(EXAMPLE, '#at=4');
    expect(await focused(page)).toBe('PodDisruptionBudget mongo/mongo');
    expect(await page.getByText('no node with one of them can be drained').last().isVisible()).toBe(true);
  });

  it('shows both sides beside each other, with lines that stay in both', async () => {
    const page = await open(EXAMPLE, '#side=1&search=nginx.conf');
    await page.locator('summary:visible').click();
    const boxes = await page
      .locator('del:visible, ins:visible')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON() as DOMRect));
    const [before, after] = boxes;
    expect(before!.y).toBe(after!.y);
    expect(before!.right).toBeLessThan(after!.x);
    expect(await page.getByText('listen 8080;').filter({ visible: true }).count()).toBe(2);
    await page.keyboard.press('s');
    expect(await page.getByText('listen 8080;').filter({ visible: true }).count()).toBe(1);
  });

  it.each(['light', 'dark'] as const)(
    'has text that can be read in the %s theme of the system, and in the other one',
    async (colorScheme) => {
      const page = await open(EXAMPLE, '#noise=1&severity=block,danger,warn,info', { colorScheme });
      await page.keyboard.press('e');
      const dim = async (): Promise<unknown[]> =>
        (await paintedOf(page)).filter((painted) => contrastOf(painted) < 4.5);
      const paper = (): Promise<string> => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
      const system = await paper();
      expect((await paintedOf(page)).length).toBeGreaterThan(200);
      expect(await dim()).toEqual([]);
      await page.getByRole('button', { name: 'Dark' }).click();
      expect(await paper()).not.toBe(system);
      expect(await dim()).toEqual([]);
      await page.waitForURL(colorScheme === 'dark' ? /theme=light/ : /theme=dark/);
    },
  );

  it('fits 360 pixels, with long names and values', async () => {
    const long = 'a-very-long-name-without-any-break.'.repeat(12);
    const plan = planOf(...EXAMPLE.entries, {
      application: long,
      object: `ConfigMap ${long}/${long}`,
      clusters: [long, `${long}b`],
      fields: [{ path: `data[${long}]`, change: 'changed', before: long, after: `${long}x\n${long}` }],
    });
    const page = await open(plan, '', { viewport: { width: 360, height: 740 } });
    await page.keyboard.press('e');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });

  it('opens all of it on paper', async () => {
    const page = await open(EXAMPLE);
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByText('keepalive_requests 1000;').isVisible()).toBe(true);
    expect(await page.getByRole('searchbox').count()).toBe(0);
  });

  it('is readable without its script', async () => {
    const page = await open(largeExample(500), '', { javaScriptEnabled: false });
    expect(await page.locator('.controls').isVisible()).toBe(false);
    await page.locator('summary', { hasText: 'StatefulSet mongo/mongo' }).first().click();
    expect(await page.locator('.body:visible').allInnerTexts()).toEqual([
      expect.stringContaining('grow the three claims'),
    ]);
  });

  it('says that nothing changes', async () => {
    const page = await open(NOTHING);
    expect(await page.getByText('Nothing changes in 6 clusters.').isVisible()).toBe(true);
  });

  it('runs nothing that a value says', async () => {
    const hostile = '</script><img src=x onerror=alert(1)><script>alert(1)</script>';
    const fields = [{ path: hostile, change: 'changed', before: hostile, after: `${hostile}\n${hostile}` } as const];
    const entry = { object: `Secret ${hostile}`, fields, clusters: ['a', 'b', 'c'] };
    for (const plan of [planOf(entry), planOf(...Array.from({ length: 500 }, () => entry))]) {
      const page = await open(plan, '#at=0&side=1');
      expect(await page.locator('.body ins').first().innerText()).toContain(hostile);
      expect(await page.locator('img').count()).toBe(0);
    }
  });

  it('has 10,000 entries, and still answers', async () => {
    const page = await open(largeExample(10_000));
    await page.getByRole('searchbox').fill('definitions-9010');
    expect(await shown(page)).toEqual(['Application argocd/velero-definitions-9010']);
    await page.locator('summary:visible').first().click();
    expect(await page.locator('.body:visible').first().isVisible()).toBe(true);
    // Elements of entries that nobody opened are not there.
    expect(await page.locator('.body').count()).toBe(1);
  });
});
