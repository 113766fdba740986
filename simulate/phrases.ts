/**
 * Sentences the played models write. `{option}`, `{other}` and `{fact}` are filled from the question at hand; none
 * says anything of medicine itself, so that nothing false is taught whatever they are filled with.
 */

export const RESTATEMENTS = [
  'The question comes down to this: {fact}',
  'What has to be settled here is the following. {fact}',
  'Put plainly, we are asked: {fact}',
  'Before anything else, the task itself: {fact}',
  'The stem wants one thing of us. {fact}',
] as const

export const FACT_LEADS = [
  'The stem says: {fact}',
  'A detail that carries weight: {fact}',
  'Also to be kept in mind: {fact}',
  'This narrows the field: {fact}',
  'Not to be passed over: {fact}',
  'It is given that: {fact}',
] as const

export const BACKGROUNDS = [
  'Mechanism, typical course and the usual tests have to fit all of this together, not one part of it alone.',
  'An answer that explains only one of these points while leaving the others open would be a weak one.',
  'What is known of the background has to be held against each of these points before an option is chosen.',
  'The order in which these points are told is no guide to their weight; each is checked on its own.',
] as const

export const SUPPORTS = [
  'This fits what the stem describes, and it does so without a further assumption.',
  'The findings that decide the question are accounted for, so this stays a strong candidate.',
  'Both the setting and the wording of the question speak for it.',
  'It answers just what is asked, and nothing in the stem stands against it.',
  'Held against each of the details, it explains more of them than its rivals.',
] as const

export const DOUBTS = [
  'It belongs to the same field, which makes it tempting, but it leaves a given detail unexplained.',
  'It would be reasonable in a neighbouring situation; here the details point elsewhere.',
  'Parts of it agree with the stem, yet the part that decides does not.',
  'One would expect other findings if this were what is wanted.',
  'It is a familiar answer to a similar question, and that is its trap.',
  'It describes something true in itself that does not answer what was asked.',
] as const

export const ELIMINATIONS = [
  '{option} goes first, since the stem gives it no support.',
  '{option} can be set aside: what would speak for it is missing.',
  '{option} does not survive a second look at the details.',
  '{option} is ruled out because it leaves the main point open.',
  '{option} falls away once the question is read to its end.',
] as const

export const COMPARISONS = [
  'That leaves {option} to be weighed against {other}. The difference lies in the detail the stem insists on, and there {option} holds better.',
  'The closest rival of {option} is {other}. Both touch the same ground, but only {option} follows from everything that is given.',
  'Going back once more to {other}: taken alone it has some appeal; next to {option} it explains less.',
  'If {other} were right, the stem would have been written differently; with {option} each sentence has its use.',
] as const

export const CONCLUSIONS = [
  'Taken together, the findings lead to {option}. It accounts for what decides the question, and the other options each fail on a point of their own.',
  'The best support is therefore found for {option}: it needs no further assumption, and no given detail contradicts it.',
  'All steps considered, {option} is what remains, and it remains for reasons that were checked above.',
  'So the reasoning ends with {option}, which agrees with the details picked out at the beginning.',
] as const

export const MUSINGS = [
  'Okay, let me read this again slowly.',
  'Hmm, my first thought would be {other}, but I should not jump to it.',
  'Wait, the stem mentions something I passed over: {fact}',
  'Let me hold {option} against that.',
  'If I take {other} for a moment, what would I expect to see? Not quite this.',
  'Right, so the detail that matters is this one: {fact}',
  'Could it be a trick in the wording? I do not think so.',
  'Let me go through the options once more to be sure.',
  'So {option} looks better the longer I look at it.',
  'I want to be careful here, because {other} is what many would pick.',
  'Now, what do I know for certain, and what do I only assume?',
  'Alright, the pieces seem to come together.',
] as const

export const JUDGED_SOUND = [
  'The deciding findings are used, each option is considered, and the argument arrives at the key.',
  'The steps follow from the stem, the rivals are ruled out with reasons, and the conclusion agrees with the key.',
  'Nothing stated contradicts the case, and the path ends at the key for reasons it gives.',
] as const

export const SCORED_SOUND = [
  'The deciding findings are named and weighed, and the conclusion rests on them.',
  'Nothing stated is at odds with the case, though one rival is passed over quickly.',
  'Each step leans on the one before it, up to the answer.',
] as const

export const SCORED_WRONG = [
  'The finding that decides is mentioned and then left aside.',
  'The conclusion does not follow from the comparison made just before it.',
  'The option that fits best is ruled out without a reason.',
] as const

export const JUDGED_WRONG = [
  'The path settles on {option}; the detail that speaks against it is mentioned but not weighed.',
  'Ruling out {other} is not supported by the findings, and the conclusion {option} does not follow.',
  'The comparison in the fifth step favours {option} without a reason that the stem would bear out.',
] as const

export const JUDGED_FLAWED = [
  'The conclusion agrees with the key, but the elimination of {other} rests on no finding of the case.',
  'The answer is right, yet a deciding detail is never used, so the argument does not carry it.',
] as const

export const NOT_CHOSEN = [
  'Sound, but its comparison of the last two options stays on the surface.',
  'Correct in its steps, though it repeats the stem more than it weighs it.',
  'Arrives at the key with a thinner account of the options it rules out.',
  'Clear enough, but less complete in the background it gives.',
] as const

export const CONSISTENT = [
  'Each step points the same way, and the conclusion names the option the evidence was given for.',
  'No step contradicts another, and the conclusion follows.',
] as const

export const INCONSISTENT = [
  'The conclusion names another option than the one the comparison favours.',
  'Two places of the text declare different answers.',
] as const

export const REMARKS = [
  'Clear and complete in its steps.',
  'The options are weighed one by one, with a reason each.',
  'The argument could say more on the closest rival.',
  'Accurate in what it uses of the case.',
] as const
