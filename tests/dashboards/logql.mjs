// Prints what Grafana's own grammar does not take of the LogQL expressions in a file, a JSON list.
import { parser } from '@grafana/lezer-logql';
import { readFileSync } from 'node:fs';

for (const expression of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  parser.parse(expression).iterate({
    enter: ({ type, from }) => {
      if (type.isError) console.log(`${expression}\n  from here: ${expression.slice(from)}`);
    },
  });
}
