/** The role of a step that makes calls: all samplers together are `generate`. */
export const ROLE = "splitByChar('.', toString(step))[1]"
