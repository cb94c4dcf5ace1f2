import classes from './app-mark.module.css';

interface AppMarkProps {
  name: string;
  /** Address of the app's picture. */
  logo: string | null;
  large?: boolean;
}

/** What an app is told apart by at a glance: its picture, else its first letter. Its name stands beside it. */
export function AppMark({ name, logo, large = false }: AppMarkProps) {
  const size = large ? 48 : 28;
  if (logo !== null)
    return <img className={classes.mark} data-large={large} src={logo} alt="" width={size} height={size} />;
  return (
    <span className={classes.mark} data-large={large} data-letter aria-hidden>
      {[...name.trim()][0]?.toUpperCase()}
    </span>
  );
}
