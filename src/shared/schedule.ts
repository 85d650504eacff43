/** What runs a pipeline every day without anybody: a text to paste for each system's own scheduler. Pure. */
import { z } from 'zod';
import { shellWord } from './shell-quote.ts';

/** A time of day by the clock of the computer. */
export const timeOfDaySchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time is written like 02:00');
export const usualTime = '02:00';

export const schedulerSchema = z.enum(['cron', 'systemd', 'task-scheduler']);
export type Scheduler = z.infer<typeof schedulerSchema>;

export const scheduleSchema = z.object({
  scheduler: schedulerSchema,
  /** To be pasted as it stands. */
  text: z.string(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

/** Where each text goes, and what it does not do by itself. */
export const schedulerWords: Readonly<Record<Scheduler, { readonly name: string; readonly how: string }>> = {
  cron: {
    name: 'cron',
    how: 'Linux and macOS: add the line to what "crontab -e" opens. A run is missed while the computer is off.',
  },
  systemd: {
    name: 'systemd timer',
    how: 'Linux: paste it into a terminal. A run that was missed is made up for. To run while you are not logged in: loginctl enable-linger',
  },
  'task-scheduler': {
    name: 'Windows Task Scheduler',
    how: 'Windows: paste it into PowerShell. It runs while you are logged in; a run that was missed is made up for.',
  },
};

/** True for all of them, and worth being said before the first night. */
export const scheduleAdvice =
  'Secrets come from the keychain, which must be unlocked when the load begins. Where it is not, use an AWS profile and a password file.';

export interface ScheduledLoad {
  readonly pipeline: string;
  /** HH:MM. */
  readonly at: string;
  /** The program and its first arguments, e.g. Node and the script of the command line. */
  readonly command: readonly string[];
  /** Absolute: what a scheduler starts has no environment to find it by. */
  readonly dataFolder: string;
}

export const schedulesOf = (load: ScheduledLoad): readonly Schedule[] => [
  { scheduler: 'cron', text: cronLine(load) },
  { scheduler: 'systemd', text: systemdScript(load) },
  { scheduler: 'task-scheduler', text: taskCommand(load) },
];

/** A name that begins with a dash is no option. */
const wordsOf = ({ command, dataFolder, pipeline }: ScheduledLoad): readonly string[] => [
  ...[...command, 'load', '--data-dir', dataFolder],
  ...(pipeline.startsWith('-') ? ['--', pipeline] : [pipeline]),
];

/**
 * A line of a crontab. cron itself ends the command at a percent sign, in quotes or not, unless a backslash stands
 * before it; it then takes that backslash away.
 * @see https://man7.org/linux/man-pages/man5/crontab.5.html
 */
export function cronLine(load: ScheduledLoad): string {
  const [hour, minute] = clockOf(load.at);
  return `${minute} ${hour} * * * ${wordsOf(load).map(shellWord).join(' ').replaceAll('%', '\\%')}`;
}

/** Writes a service and its timer for this user, and starts the timer. */
export function systemdScript(load: ScheduledLoad): string {
  const unit = unitName(load.pipeline);
  const description = systemdText(`Sluice: ${load.pipeline}`);
  const file = (ending: string, text: string): string =>
    `cat > ~/.config/systemd/user/${unit}.${ending} <<'END_OF_UNIT'\n${text}\nEND_OF_UNIT`;
  const service = `[Unit]
Description=${description}

[Service]
Type=oneshot
ExecStart=${wordsOf(load).map(systemdWord).join(' ')}`;
  const timer = `[Unit]
Description=${description}

[Timer]
OnCalendar=*-*-* ${load.at}:00
Persistent=true

[Install]
WantedBy=timers.target`;
  return [
    'mkdir -p ~/.config/systemd/user',
    file('service', service),
    file('timer', timer),
    `systemctl --user daemon-reload && systemctl --user enable --now ${unit}.timer`,
  ].join('\n');
}

/**
 * One argument of ExecStart: in double quotes with C's escapes; a percent sign and a dollar sign would be replaced.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines
 */
const systemdWord = (text: string, place: number): string => {
  const escaped = systemdText(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  // variables are replaced in arguments, and not in the path of the program
  return `"${place === 0 ? escaped : escaped.replaceAll('$', '$$$$')}"`;
};

const systemdText = (text: string): string => text.replaceAll('%', '%%');

/** A command of PowerShell that registers the task, or replaces the one of the same name. */
export function taskCommand(load: ScheduledLoad): string {
  const [program = '', ...rest] = wordsOf(load);
  return [
    `Register-ScheduledTask -Force -TaskName ${powerShellQuoted(unitName(load.pipeline))}`,
    `-Action (New-ScheduledTaskAction -Execute ${powerShellQuoted(program)} -Argument ${powerShellQuoted(rest.map(windowsWord).join(' '))})`,
    `-Trigger (New-ScheduledTaskTrigger -Daily -At '${load.at}')`,
    '-Settings (New-ScheduledTaskSettingsSet -StartWhenAvailable -ExecutionTimeLimit 0)',
  ].join(' ');
}

/** PowerShell takes the typographic single quotes for the plain one. */
const powerShellQuoted = (text: string): string => `'${text.replace(/['\u2018-\u201B]/g, '$&$&')}'`;

/**
 * One argument as Windows programs take their command line apart: backslashes count only before a quote.
 * @see https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments
 */
const windowsWord = (text: string): string =>
  /^[\w@+=:,./\\-]+$/.test(text) ? text : `"${text.replace(/(\\*)("|$)/g, '$1$1$2').replaceAll('"', '\\"')}"`;

/** Leading zeros would be octal to some. */
function clockOf(at: string): readonly [hour: number, minute: number] {
  const [hour, minute] = at.split(':').map(Number);
  return [hour ?? 0, minute ?? 0];
}

const longestName = 40;

/**
 * A name for files and tasks that every system takes. What had to be changed gets a number of its own, so that two
 * pipelines do not share a name.
 */
export function unitName(pipeline: string): string {
  const plain = pipeline
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, longestName);
  return plain === pipeline
    ? `sluice-${plain}`
    : `sluice-${[plain, hashOf(pipeline)].filter(Boolean).join('-')}`;
}

/** FNV-1a over UTF-16, in 8 hexadecimal digits: names apart, not secrets. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}
