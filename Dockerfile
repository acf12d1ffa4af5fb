# Facet, and the mock backends that `docker compose up` puts behind it.
FROM node:26.10.0-slim AS base
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0

# What runs needs no more than package.json's `dependencies`, in the very versions that the tests ran with.
FROM base AS dependencies
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

FROM base AS runtime
COPY package.json ./
COPY --from=dependencies /app/node_modules ./node_modules

# The mock billing service reads SOAP with what Facet itself uses in its tests only.
FROM base AS test-dependencies
COPY package.json package-lock.json ./
RUN npm ci --include=dev --ignore-scripts

# The mock backends: `crm`, `shop`, `billing`, `rates` or `all` says which. Not the default target, which is the last.
FROM runtime AS mocks
COPY --from=test-dependencies /app/node_modules/xml2js ./node_modules/xml2js
COPY --from=test-dependencies /app/node_modules/sax ./node_modules/sax
COPY --from=test-dependencies /app/node_modules/xmlbuilder ./node_modules/xmlbuilder
COPY test/backends ./test/backends
USER node
EXPOSE 4001 4002 4003 4004
ENTRYPOINT ["node", "test/backends/main.ts"]
CMD ["all"]

FROM runtime AS gateway
COPY src ./src
COPY routes ./routes
COPY transforms ./transforms
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/readyz').then(({ ok }) => process.exit(ok ? 0 : 1))"]
# Node itself, and not npm: it gets the signals, so that what is in flight is finished before the container ends.
CMD ["node", "--max-semi-space-size=8", "--conditions=facet-source", "src/main.ts"]
