import { CONTROL_WINDOW } from '../../config/controls.ts'
import type { View } from './view.ts'
import { wilsonHigh, wilsonLow } from './wilson.ts'

/** Whether the judge notices what it must. */
export const judgeControls: View = {
  name: 'judge_controls',
  comment:
    'A row is a judge with one prompt, a kind of controls with what it must say of them (Error, or Correct of a given path that is right), and a day (UTC): how many it was shown, of how many it said so, and that share with its 95 % confidence interval by Wilson. Kinds: wrong-answer argues for another option than the key and ends there; wrong-argument argues for another option and ends at the key, which code cannot tell; given is from the file of the configuration.',
  select: `
SELECT
    edition,
    verifier,
    prompt_version,
    kind,
    expected,
    toDate(_time, 'UTC') AS day,
    count() AS shown,
    countIf(is_right) AS right,
    right / shown AS share_right,
    ${wilsonLow('right', 'shown')} AS share_low,
    ${wilsonHigh('right', 'shown')} AS share_high
FROM controls
GROUP BY edition, verifier, prompt_version, kind, expected, day
ORDER BY edition, verifier, prompt_version, kind, expected, day`,
}

/** How the judge does now. */
export const judgeControlsLatest: View = {
  name: 'judge_controls_latest',
  comment: `A row is a judge with one prompt and what it must say (Error, or Correct of a given path that is right): how it did on its last ${CONTROL_WINDOW} such controls, of whatever kind. The share is what \`verify.controls.alarmBelow\` is about.`,
  select: `
SELECT
    edition,
    verifier,
    prompt_version,
    expected,
    max(at) AS last_at,
    count() AS shown,
    countIf(is_right) AS right,
    right / shown AS share_right,
    ${wilsonLow('right', 'shown')} AS share_low,
    ${wilsonHigh('right', 'shown')} AS share_high
FROM (
    SELECT edition, verifier, prompt_version, expected, is_right, _time AS at
    FROM controls
    ORDER BY _time DESC, control_id
    LIMIT ${CONTROL_WINDOW} BY edition, verifier, prompt_version, expected
)
GROUP BY edition, verifier, prompt_version, expected
ORDER BY edition, verifier, prompt_version, expected`,
}
