/**
 * Where RGW 16.2 is known to differ from AWS, and so from the sandbox: group / case -> what it does instead. A case
 * that is listed must fail there: an entry that no longer holds fails the suite.
 */
export const differences: Readonly<Record<string, string>> = {
  'buckets / where it is [test_bucket_get_location]': 'names its zone group in the place of no region',
  'objects / a key of 1,025 bytes': 'names the refusal otherwise',
  'objects / removed only as it is known, and it is not': 'ignores If-Match on DeleteObject',
  'objects / removed only as it is known, and it is not there': 'ignores If-Match on DeleteObject',
  'objects / put only over what is known [test_put_object_ifmatch_good]': 'compares the ETag with its quotes',
  'objects / more than 1,000 at once [test_multi_object_delete_key_limit]': 'gives the refusal no code',
  'objects / a checksum by CRC32 is kept [test_object_checksum_crc32]': 'keeps no checksums beside MD5',
  'objects / a checksum by CRC32C is kept [test_object_checksum_crc32c]': 'keeps no checksums beside MD5',
  'objects / a checksum by SHA1 is kept [test_object_checksum_sha1]': 'keeps no checksums beside MD5',
  'objects / a checksum by SHA256 is kept [test_object_checksum_sha256]': 'keeps no checksums beside MD5',
  'objects / a checksum by CRC64NVME is kept [test_object_checksum_crc64nvme]':
    'keeps no checksums beside MD5',
  'objects / a checksum of S3 itself where none was sent': 'keeps no checksums beside MD5',
  'objects / a wrong checksum [test_object_checksum_sha256]': 'does not look at checksums beside MD5',
  'listing / a token that is none': 'takes any text for a token',
  'multipart uploads / the answer carries the ETag': 'answers CompleteMultipartUpload with an empty ETag',
  'multipart uploads / parts out of order': 'puts the parts in order by itself',
  'multipart uploads / a part number beyond 10,000': 'takes any part number',
  'multipart uploads / uploads are listed [test_list_multipart_upload]':
    'does not fold uploads by a delimiter',
  'multipart uploads / complete only where nothing is': 'ignores If-None-Match on CompleteMultipartUpload',
  'multipart uploads / a CRC-32 of the whole': 'keeps no checksums beside MD5',
  'versions / a marker cannot be read': 'says 404 in the place of 405',
  'versions / a version that is not there': 'says NoSuchKey in the place of NoSuchVersion',
  'versions / what was there before is the version null [test_versioning_obj_plain_null_version_removal]':
    'says NoSuchKey in the place of NoSuchVersion',
  'versions / an unknown storage class': 'names the refusal otherwise',
  'versions / the usual storage class is shown in a listing alone': 'names STANDARD with HEAD, too',
  'versions / a copy on a condition [test_copy_object_ifmatch_good, test_copy_object_ifmatch_failed]':
    'ignores x-amz-copy-source-if-match',
  'versions / a copy of an earlier version [test_object_copy_versioned_bucket]':
    'does not tell which version it copied',
  'access / without a signature [test_object_raw_get_bucket_acl]': 'tells strangers that a key is missing',
  'access / everything but [NotAction]': 'takes NotAction in an Allow for nothing',
  'access / of several deletes each is decided by itself': 'refuses the request as a whole',
  'access / a bucket policy demands encryption [test_bucket_policy_put_obj_enc]':
    'evaluates StringNotEquals of an absent key as no match; AWS as a match',
  'access / a bucket policy that is no policy': 'names the refusal otherwise',
  'access / who am I': 'does not know GetCallerIdentity',
  'access / a role that does not exist': 'says 404; AWS does not tell whether a role exists',
  'access / a role whose trust wants an external ID, given and not given':
    'never lets anybody in whose trust policy has a condition on sts:ExternalId',
  'access / a trust policy that is no JSON': 'gives the refusal no code',
  'access / a managed policy is attached': 'has no managed policies',
};
