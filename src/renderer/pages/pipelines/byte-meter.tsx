import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { maxKeyBytes } from '../../../shared/directory-path.ts';
import { formatCount } from '../../components/format.ts';

/** From here on a longer table name may not fit any more. */
const nearlyFull = 0.8 * maxKeyBytes;

interface ByteMeterProps {
  /** Of the longest key, file name included. */
  readonly bytes: number;
  /** Whose key it is, where there are several. */
  readonly object: string | undefined;
}

export function ByteMeter({ bytes, object }: ByteMeterProps) {
  const words = `${formatCount(bytes)} of ${formatCount(maxKeyBytes)} bytes`;
  const whose = object === undefined ? '' : ` (${object})`;
  return (
    <div>
      <Box variant="awsui-key-label">Length of the {object === undefined ? '' : 'longest '}key</Box>
      <meter
        className="byte-meter"
        min={0}
        max={Math.max(maxKeyBytes, bytes)}
        low={nearlyFull}
        high={maxKeyBytes}
        optimum={0}
        value={bytes}
        aria-label="Length of the longest key"
      >
        {words}
      </meter>
      {bytes > maxKeyBytes && (
        <StatusIndicator type="error">{`${words}${whose}: S3 does not take a longer key`}</StatusIndicator>
      )}
      {bytes > nearlyFull && bytes <= maxKeyBytes && (
        <StatusIndicator type="warning">{`${words}${whose}: nearly full`}</StatusIndicator>
      )}
      {bytes <= nearlyFull && (
        <Box variant="small" color="text-body-secondary">
          <span className="path-text">
            {words}
            {whose}
          </span>
        </Box>
      )}
    </div>
  );
}
