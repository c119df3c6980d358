import type { ButtonHTMLAttributes } from 'react';
import styles from './button.module.css';
import { Icon, type IconName } from './icon.js';

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'> {
  /** The one thing to do here, or one that cannot be undone. */
  readonly look?: 'main' | 'danger';
}

export function Button({ look, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={styles.button} data-look={look} {...rest} />;
}

interface IconButtonProps {
  readonly icon: IconName;
  readonly size?: number;
  readonly label: string;
  readonly title?: string;
  readonly onClick: () => void;
}

export function IconButton({ icon, size = 16, label, title, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      className={styles.iconButton}
      onClick={onClick}
      aria-label={label}
      title={title}
    >
      <Icon name={icon} size={size} />
    </button>
  );
}
