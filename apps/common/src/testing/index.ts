export { fuzz, type Surface } from './fuzz.ts';
export { bytesOf, openRaw, type RawConnection, type RawResponse, type RawRequest, sendRaw } from './raw-http.ts';
export { type RunningService, startService } from './service.ts';
