import { Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './sparkline.module.css';

interface Point {
  at: string;
  count: number;
}

const HEIGHT = 30;

/** A small line, hour by hour; the hour under the pointer is said below it. */
export function Sparkline({ label, points }: { label: string; points: readonly Point[] }) {
  const { t, i18n } = useTranslation();
  const [hovered, setHovered] = useState<Point | null>(null);
  const most = Math.max(1, ...points.map(({ count }) => count));
  const peak = points.reduce((best, point) => (point.count > best.count ? point : best), {
    at: '',
    count: 0,
  });
  const shown = hovered ?? (peak.count > 0 ? peak : null);
  const hour = (at: string) =>
    new Intl.DateTimeFormat(i18n.language, { hour: '2-digit', minute: '2-digit' }).format(new Date(at));
  const words = shown
    ? t(hovered ? 'dashboard.inHour' : 'dashboard.peak', { count: shown.count, hour: hour(shown.at) })
    : t('dashboard.quiet');
  return (
    <>
      <svg
        className={classes.line}
        viewBox={`0 0 ${points.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${label}: ${words}`}
        onPointerLeave={() => setHovered(null)}
      >
        <polyline
          points={points
            .map(({ count }, index) => `${index + 0.5},${HEIGHT - (count / most) * HEIGHT}`)
            .join(' ')}
        />
        {points.map((point, index) => (
          <rect key={point.at} x={index} width={1} height={HEIGHT} onPointerEnter={() => setHovered(point)} />
        ))}
      </svg>
      <Text size="xs" c="dimmed" className={classes.said} aria-hidden>
        {words}
      </Text>
    </>
  );
}
