/** The report as a page that holds all it needs: no script, no request, and all text as text only. */
import type { Answer, Definition } from '../section.ts'
import { cellTexts, isNumeric, type Table } from '../table.ts'
import type { ChartDrawer } from './charts.ts'
import { escaped } from './escape.ts'
import { STYLE_SHEET } from './style-sheet.ts'

/** What the page is about. */
export interface PageSubject {
  readonly pipeline: string
  readonly edition: string
  readonly definition: Definition
  readonly madeAt: Date
}

/** Nothing is loaded and nothing runs, even if text should be taken for markup; styles are the page's own. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

const RIGHT_WHEN: Readonly<Record<Definition, string>> = {
  any: 'at least one of its paths is correct',
  majority: 'more than half of its paths are correct',
  all: 'all of its paths are correct',
}

/** The whole page. */
export function htmlReport(subject: PageSubject, answers: readonly Answer[], draw: ChartDrawer): string {
  const title = `${escaped(subject.pipeline)}, edition ${escaped(subject.edition)}`
  const made = subject.madeAt.toISOString().slice(0, 16).replace('T', ' ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Report on ${title}</title>
<style>${STYLE_SHEET}</style>
</head>
<body>
<header>
<h1>Report on ${title}</h1>
<p class="made">Made at ${made} UTC by Ninefold. A model counts as right on a question when ${RIGHT_WHEN[subject.definition]}.</p>
<nav aria-label="Sections"><ul>
${answers.map(({ section }) => `<li><a href="#${escaped(section.name)}">${escaped(section.title)}</a></li>`).join('\n')}
</ul></nav>
</header>
<main>
${answers.map((answer) => sectionHtml(answer, draw)).join('\n')}
</main>
</body>
</html>
`
}

function sectionHtml({ section, rows }: Answer, draw: ChartDrawer): string {
  const body =
    rows.length === 0
      ? `<p class="missing">${escaped(section.missing)}</p>`
      : [
          ...(section.charts?.(rows) ?? []).map(
            (chart) => `<figure><figcaption>${escaped(chart.label)}</figcaption>${draw(chart)}</figure>`,
          ),
          tableHtml(section.table(rows)),
        ].join('\n')
  return `<section id="${escaped(section.name)}">
<h2>${escaped(section.title)}</h2>
<p class="why">${escaped(section.why)}</p>
${body}
</section>`
}

function tableHtml(table: Table): string {
  const cell = (tag: 'td' | 'th', text: string, at: number) => {
    const column = table.columns[at]
    const isNumber = column !== undefined && isNumeric(column)
    const attributes = `${tag === 'th' ? ' scope="col"' : ''}${isNumber ? ' class="number"' : ''}`
    // Text of one cell, in whatever script, does not turn its neighbours around.
    return `<${tag}${attributes}><bdi>${escaped(text)}</bdi></${tag}>`
  }
  const heads = table.columns.map(({ head }, at) => cell('th', head, at)).join('')
  const body = cellTexts(table).map(
    (row) => `<tr>${row.map((text, at) => cell('td', text, at)).join('')}</tr>`,
  )
  return `<div class="scroll"><table>
<thead><tr>${heads}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>${table.note === undefined ? '' : `\n<p class="note">${escaped(table.note)}</p>`}`
}
