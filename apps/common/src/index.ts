export { TrustedProxies } from './addresses.ts';
export { createApp, type Limits, type Overrides, type Service, type ServiceModule, SETTINGS } from './app.ts';
export { type Indicator, Readiness } from './health.ts';
export { JsonLogger } from './logger.ts';
export { Metrics } from './metrics.ts';
export { Describe, type Description } from './openapi.ts';
export { packageOf } from './package-info.ts';
export { type FieldError, InvalidInput, type Problem, problemSchema } from './problem.ts';
export { RequestId } from './request-id.ts';
export { serve } from './serve.ts';
export { type LogSink } from './standard-output.ts';
export {
  addressList,
  baseSettings,
  type BaseSettings,
  loadSettings,
  publicSettings,
  secret,
  SettingsError,
  wholeNumber,
} from './settings.ts';
