"""The maker of the sample engagement: what is true, and the exports that the client's tools would write."""
