/** First segments of the vendor's paths. */
export const VENDOR_FAMILIES = [
  'security',
  'usermgmt',
  'core',
  'cdirectoryservice',
  'saasmanage',
  'roles',
  'uprest',
  'redrock',
  'acl',
  'extdata',
];
