import styles from './icon.module.css';

/** 16 × 16, one path each, drawn with the colour of the text. */
const paths = {
  check: 'M3 8.5 6.5 12 13 4.5',
  alert: 'M8 2 1.5 13.5h13L8 2Zm0 4.2v3.6m0 1.9v.1',
  cross: 'M4 4l8 8m0-8-8 8',
  pause: 'M5.5 3.5v9m5-9v9',
  unknown: 'M5.8 6a2.3 2.3 0 1 1 3.4 2c-.8.5-1.2.9-1.2 1.7m0 2.3v.1',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0-9.5V8l2.3 1.6',
  overview:
    'M6.3 3.4a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0 -3.4 0M1.5 12.6a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0 -3.4 0M11.1 12.6a1.7 1.7 0 1 0 3.4 0a1.7 1.7 0 1 0 -3.4 0M7.2 5 4 11.1M8.8 5l3.2 6.1M5 12.6h6',
  account:
    'M8 8.2a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM2.8 13.6c.6-2.4 2.6-3.6 5.2-3.6s4.600 1.200 5.200 3.600',
  payIn: 'M8 2.500v7.500m-3-3 3 3 3-3M2.800 12.500h10.400',
  letter: 'M2 4h12v8.500H2V4Zm0 .5 6 4.500 6-4.500',
  drain: 'M8 2s4.200 4.600 4.200 7.500a4.200 4.200 0 0 1-8.400 0C3.800 6.600 8 2 8 2Z',
  audit:
    'M8 1.800 13.200 4v4c0 3.200-2.200 5.400-5.200 6.300C5 13.400 2.800 11.200 2.800 8V4L8 1.800ZM5.600 8l1.800 1.800 3.200-3.500',
  sun: 'M8 10.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600ZM8 1.500v1.400m0 10.200v1.400M1.500 8h1.400m10.200 0h1.400M3.400 3.400l1 1m7.200 7.200 1 1m0-9.200-1 1m-7.200 7.200-1 1',
  moon: 'M13.200 9.600A5.600 5.600 0 0 1 6.400 2.800a5.600 5.600 0 1 0 6.800 6.800Z',
  system: 'M2 3h12v8H2V3Zm4 10.500h4',
  copy: 'M5.500 5.500v-3h8v8h-3m-8-5h8v8h-8v-8Z',
  leave: 'M6.500 2.500h-4v11h4M10 5l3 3-3 3m3-3H6',
  search: 'M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9Zm3.300-1.200 3.500 3.500',
  back: 'M9.500 3.500 5 8l4.500 4.500',
  replay: 'M13 8a5 5 0 1 1-1.600-3.700M13 1.800v3h-3',
  pen: 'M3 13l.7-3L10.800 2.900l2.300 2.300L6 12.300 3 13Z',
  bin: 'M2.800 4.500h10.400M6 4.500v-2h4v2m1.800 0-.6 9H4.800l-.6-9',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      className={styles.icon}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
