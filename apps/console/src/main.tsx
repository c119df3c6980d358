import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
// First: what a component says of itself comes after what is said of all.
import './styles/tokens.css';
import './styles/base.css';
import { App } from './app.js';
import { applyTheme, storedTheme } from './theme.js';

applyTheme(storedTheme());
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no place for the console');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
