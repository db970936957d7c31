"""The maker of the sample engagement: a plan of what is true, and the exports that such a client's tools would write."""
