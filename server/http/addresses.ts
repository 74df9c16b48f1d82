import ipaddr from 'ipaddr.js';

/** Answers instance metadata and more on Azure, from a range that looks public. https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16 */
const AZURE_PLATFORM = '168.63.129.16';
/** All of IPv6 that is given out for use on the internet (RFC 4291, IANA). */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * True for an address on the public internet. False for everything IANA keeps for another use, for addresses that
 * carry an IPv4 address inside (mapped, NAT64, 6to4, Teredo: they may lead to a private one), and for what is no address.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.parse(address);
  // ipaddr calls "unicast" what is in none of the special ranges it knows.
  if (ip.range() !== 'unicast') return false;
  return ip instanceof ipaddr.IPv6 ? ip.match(GLOBAL_IPV6) : ip.toString() !== AZURE_PLATFORM;
}
