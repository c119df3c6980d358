import type { FormHTMLAttributes } from 'react';
import styles from './form.module.css';

type FormProps = Omit<FormHTMLAttributes<HTMLFormElement>, 'className'>;

/** Fields one below the other. */
export function Form(props: FormProps) {
  return <form className={styles.stack} {...props} />;
}

/** A field or two in a line, and a button. */
export function SearchForm(props: FormProps) {
  return <form className={styles.search} {...props} />;
}
