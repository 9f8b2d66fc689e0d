import type { TestState } from "./open-test-state.ts";

const columns = `
  select c.relname as name, string_agg(format('  %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
    case when a.attnotnull then ' not null' else '' end,
    case when a.attidentity <> '' then ' generated always as identity'
      else coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') end), E',\\n' order by a.attnum) as body
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace = $1::regnamespace and c.relkind = 'r' group by c.relname order by c.relname`;

const constraints = `
  select c.relname as name, string_agg(format('alter table %I add constraint %I %s;', c.relname, o.conname,
    pg_get_constraintdef(o.oid)), E'\\n' order by o.contype desc, o.conname) as body
  from pg_class c join pg_constraint o on o.conrelid = c.oid and o.contype <> 'n'
  where c.relnamespace = $1::regnamespace group by c.relname order by c.relname`;

const indexes = `
  select c.relname as name, string_agg(pg_get_indexdef(i.indexrelid) || ';', E'\\n' order by x.relname) as body
  from pg_class c join pg_index i on i.indrelid = c.oid join pg_class x on x.oid = i.indexrelid
  where c.relnamespace = $1::regnamespace
    and not exists (select from pg_constraint o where o.conindid = i.indexrelid and o.contype in ('p', 'u'))
  group by c.relname order by c.relname`;

const triggers = `
  select c.relname as name, string_agg(pg_get_triggerdef(t.oid) || ';', E'\\n' order by t.tgname) as body
  from pg_class c join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal
  where c.relnamespace = $1::regnamespace group by c.relname order by c.relname`;

const functions = `
  select p.proname as name, pg_get_functiondef(p.oid) || ';' as body
  from pg_proc p where p.pronamespace = $1::regnamespace order by p.proname`;

/** What the migrations made, as SQL: tables with what hangs on them, by name. pg_dump must be as new as the server. */
export async function dumpSchema(state: TestState): Promise<string> {
  const read = async (query: string) => {
    const rows = await state.sql(query, [state.schema]);
    return new Map(rows.map(({ name, body }) => [String(name), String(body)]));
  };
  const [made, ...hung] = [await read(columns), await read(constraints), await read(indexes), await read(triggers)];
  const tables = [...made].map(([name, body]) =>
    [`create table "${name}" (\n${body}\n);`, ...hung.flatMap((each) => each.get(name) ?? [])].join("\n"),
  );
  const text = [...(await read(functions)).values(), ...tables].join("\n\n");
  return `${text.replaceAll(`${state.schema}.`, "")}\n`;
}
