# The server with its models inside: at run time it needs no network, no volume, no root and nothing to write to.

# What the server runs on. A stage of its own, so that a changed source leaves its layer as it was.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install scripts: the one of ONNX Runtime downloads CUDA libraries. The package brings the libraries of all platforms
# (250 MB); only this one's are kept.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && find node_modules -type d -path '*/onnxruntime-node/bin/napi-v*/*/*' ! -path "*/linux/$(node -p process.arch)" -exec rm -r {} +

FROM packages AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY workers workers
# Types and the compiler's notes are for who builds, not for who runs.
RUN npm run build \
  && find dist \( -name '*.d.ts' -o -name '.*' \) -type f -delete

FROM node:24-bookworm-slim
WORKDIR /app
# MALLOC_: glibc gives the memory of an unloaded model back only when told so before the process starts.
# DRAIN_TIMEOUT: a container is killed 10 s after it was asked to stop, unless its user allows more.
# ORT_: ONNX Runtime's builds report their use to their maker unless told not to.
ENV NODE_ENV=production \
    HEDDLE_HOST=0.0.0.0 \
    HEDDLE_DRAIN_TIMEOUT_MS=8000 \
    MALLOC_TRIM_THRESHOLD_=1048576 \
    MALLOC_MMAP_THRESHOLD_=1048576 \
    ORT_DISABLE_TELEMETRY=1
# From what changes seldom to what changes often. --chmod: a clone under a strict umask must not hide files from the user
# node.
COPY --chmod=755 models models
COPY --from=packages /app/node_modules node_modules
COPY --chmod=644 LICENSE package.json ./
COPY --from=build /app/dist dist
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEDDLE_PORT || 8080}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Exec form, so that SIGTERM reaches the server and not a shell.
CMD ["node", "dist/src/cli/main.js", "serve"]
