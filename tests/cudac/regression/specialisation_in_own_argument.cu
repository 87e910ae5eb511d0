template <class T> struct vec3 { typedef float Type; };
template <> struct vec3< struct vec3<double> { typedef double3 Type;> { typedef double3 Type; };
template <> struct vec3<double> { typedef double3 Type; };
template <typename T> struct vec4 { typedef float Type; };