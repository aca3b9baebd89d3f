// Keeps ONNX Runtime from reporting to its makers: a server whose models need no network must not use one unasked.

const variable = 'ORT_DISABLE_TELEMETRY';

/**
 * Refuses telemetry unless the variable says otherwise. The library reads it when the first thread loads it, and from the
 * environment of the process: a thread's own copy is not seen, so this belongs on the main thread before any replica. An
 * empty value counts as unset, since the library reads one as consent.
 * Source: the official builds since 1.29 report by default, and write an identifier of the machine.
 */
export function refuseTelemetry(environment: NodeJS.ProcessEnv): void {
  environment[variable] ||= '1';
}
