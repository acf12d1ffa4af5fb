/**
 * Helpers for tests of one's own endpoints: backends that say what the test wants, an app on a free port, and what happened.
 *
 * @packageDocumentation
 */
export {
  type Script,
  type ScriptedBackend,
  type ScriptedReply,
  type ScriptedRequest,
  scriptedBackend,
} from './backend.ts'
export { type Harness, type HarnessOptions, type HarnessReply, harness } from './harness.ts'
export { type Timeline, type TimelineEvent, timeline } from './timeline.ts'
