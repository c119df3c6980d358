import { useState } from 'react';
import { chooseTheme, storedTheme, type Theme } from '../theme.js';
import { Icon, type IconName } from './icon.js';
import styles from './theme-switch.module.css';

const themes: readonly { theme: Theme; label: string; icon: IconName }[] = [
  { theme: 'system', label: 'As the system has it', icon: 'system' },
  { theme: 'light', label: 'Light', icon: 'sun' },
  { theme: 'dark', label: 'Dark', icon: 'moon' },
];

export function ThemeSwitch() {
  const [chosen, setChosen] = useState(storedTheme);
  return (
    <div className={styles.switch} role="group" aria-label="Colours">
      {themes.map(({ theme, label, icon }) => (
        <button
          key={theme}
          type="button"
          aria-pressed={theme === chosen}
          aria-label={label}
          title={label}
          onClick={() => {
            chooseTheme(theme);
            setChosen(theme);
          }}
        >
          <Icon name={icon} size={14} />
        </button>
      ))}
    </div>
  );
}
