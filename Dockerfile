# syntax=docker/dockerfile:1
# docker build -t tenfold . && docker run --init -p 4000:4000 -v tenfold:/data tenfold
# `--init` reaps what the embedded Postgres and the training processes leave when they are killed.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
ENV ONNXRUNTIME_NODE_INSTALL=skip
RUN npm ci --no-audit --no-fund
COPY . .
RUN node scripts/prepare.mjs

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
ENV ONNXRUNTIME_NODE_INSTALL=skip
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-slim
# Postgres' initdb refuses root and an account without a name; the base image's `node` is neither.
RUN mkdir /data && chown node:node /data
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src
COPY --from=build /app/dist/explorer ./dist/explorer
COPY package.json ./
COPY migrations ./migrations
COPY src/demo/penguins.csv ./src/demo/penguins.csv
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 TENFOLD_DATA=/data
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "dist/src/main.js"]
